"""What people hold in their hands: lists, workbooks and the files they are in."""
