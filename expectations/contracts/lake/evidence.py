"""What several tables are made of: evidence, maps of words and weights, the grades."""

from pyspark.sql.types import ArrayType, MapType, StringType, StructField, StructType

from expectations.contracts.model import DOUBLE, LONG

EVIDENCE = ArrayType(
    StructType(
        [
            StructField("data_set", StringType()),
            StructField("file_id", StringType()),
            StructField("sheet", StringType()),
            StructField("row", LONG),
            StructField("cells", MapType(StringType(), StringType())),
        ]
    )
)
"""Source rows a rule saw: where each stands, and the cells it looked at (identifying cells are never among them)."""

WORDS = MapType(StringType(), StringType())
WEIGHTS = MapType(StringType(), DOUBLE)
SIGNALS = MapType(StringType(), DOUBLE)
GRADES = ("A", "B", "C", "D", "E", "F")
KIN_RELATIONS = ("spouse", "child", "parent", "child-in-law", "parent-in-law", "sibling", "grandchild", "grandparent", "other")
