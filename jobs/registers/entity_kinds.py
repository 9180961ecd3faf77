"""Kinds of market entities by the words in them."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from jobs.registers.conditions import first_of

KINDS = {
    "经济合作社": "农村集体经济组织", "集体经济": "农村集体经济组织", "合作社": "农民专业合作社", "合伙": "合伙企业", "个体": "个体工商户",
    "股份合作": "股份合作企业", "股份": "股份有限公司", "有限": "有限责任公司", "公司": "公司", "个人独资": "个人独资企业", "独资": "独资企业",
    "集体": "集体所有制企业", "国有": "国有企业", "全民": "国有企业", "外商": "外商投资企业",
}  # fmt: skip
"""Words in a registered kind and what they make it; the first that it holds counts, so that 有限合伙企业 is a partnership."""
OF_NO_KNOWN_KIND = "市场主体"


def kind_of(registered: str) -> Column:
    """The kind of the rule book in a column of registered ones; null for one that holds none of its words."""
    return first_of((F.col(registered).contains(word), F.lit(kind)) for word, kind in KINDS.items())
