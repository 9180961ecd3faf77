"""Pages that people hold in their hands: what stands on one, and the same page as PDF and as DOCX."""
