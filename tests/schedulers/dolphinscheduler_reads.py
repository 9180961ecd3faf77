"""Run by a Python that has the SDK of Apache DolphinScheduler: what its loader makes of a workflow's YAML, up to where it would be sent."""

from __future__ import annotations

import itertools
import json
import sys

from pydolphinscheduler.core.task import Task
from pydolphinscheduler.core.workflow import Workflow
from pydolphinscheduler.core.yaml_workflow import YamlWorkflow

numbers, sent = itertools.count(1), []
Task.gen_code_and_version = lambda _: (next(numbers), 1)  # a server would say
Workflow.submit = lambda workflow: sent.append(workflow)
YamlWorkflow.parse(sys.argv[1])
[workflow] = sent

names = {task.code: task.name for task in workflow.task_list}
relations = [(names.get(one["preTaskCode"]), names[one["postTaskCode"]]) for one in workflow.task_relation_json]
told = {
    "schedule": workflow.schedule_json,
    "param": workflow.param_json,
    "tasks": workflow.task_definition_json,
    "relations": relations,
}
sys.stdout.write(json.dumps({**told, "execution": workflow.execution_type, "warning": workflow.warning_type}, default=str))
