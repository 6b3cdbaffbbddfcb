"""Reading and writing instances: CSV folders and workbooks, with every fault told at once."""

from optimizer.reading.instance_files import read_instance
from optimizer.reading.write_folder import write_instance_folder
from optimizer.reading.write_workbook import write_empty_workbook, write_instance_workbook

__all__ = ["read_instance", "write_empty_workbook", "write_instance_folder", "write_instance_workbook"]
