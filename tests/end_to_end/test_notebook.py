"""The notebook on a small run: it executes from top to bottom, and is committed without output."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from jobs.launch.context import RunContext

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def private_kernel(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncKernelManager:
    """As docs/closed-network.md says: in a network of its own, so it is spoken to by sockets that are files."""
    command = [sys.executable, "-m", "jobs.runtime.private_network", "ipykernel_launcher", "-f", "{connection_file}"]
    stated = folder / "kernels" / "mingjing" / "kernel.json"
    stated.parent.mkdir(parents=True)
    stated.write_text(json.dumps({"argv": command, "display_name": "Mingjing", "language": "python"}), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(folder))
    return AsyncKernelManager(kernel_name="mingjing", transport="ipc", ip=str(folder / "socket"))


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.name)
def test_a_notebook_runs_on_a_fresh_lake_and_is_committed_without_output(
    finished: RunContext, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells)
    monkeypatch.setenv("MINGJING_OUT", str(finished.out))
    kernel = private_kernel(tmp_path, monkeypatch)
    NotebookClient(notebook, km=kernel, timeout=180, resources={"metadata": {"path": str(NOTEBOOKS)}}).execute()
    pictures = [o for cell in notebook.cells for o in cell.get("outputs", []) if "image/png" in o.get("data", {})]
    assert pictures
