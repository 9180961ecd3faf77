"""Outcomes of the search for people to help, and their reasons in words."""

from __future__ import annotations

from jobs.registers.means.lines import MEANS_WORDS, UNTOLD

DIBAO, TEKUN = "dibao", "tekun"
COVERED, STOPPED = "covered", "stopped"
FOUND, EXCLUDED, CLEAR, CANNOT_JUDGE = "found", "excluded", "clear", "cannot_judge"
DIED, MOVED_AWAY, SUPPORTED = "died", "moved", "supported"
NO_NUMBER, OTHER_NAME, NOT_REGISTERED, NO_ROSTER, NAMESAKE = "number", "name", "registry", "roster", "namesake"
CLEAR_WORDS = {DIED: "已死亡", MOVED_AWAY: "户口已迁出", COVERED: "已享受低保或特困供养"}
EXCLUDED_WORDS = {STOPPED: "低保或特困供养近期停发，审批机关已经审核", SUPPORTED: "户内有可以赡养、抚养的成年人", **MEANS_WORDS}
MISSING_WORDS = {
    NO_NUMBER: "登记的身份号码无法使用，不能确定是谁",
    OTHER_NAME: "登记的姓名与户籍姓名不一致，不能确定是谁",
    NOT_REGISTERED: "户籍登记中没有此人，无法了解家庭成员",
    NO_ROSTER: "所在县区的低保花名册未交接，不能确定是否已保",
    NAMESAKE: "同乡镇有同名在保人员，其号码无法辨认，可能就是本人",
    UNTOLD: "家庭成员名下有市场主体，登记看不出是否经营",
}
REASON_WORDS = CLEAR_WORDS | EXCLUDED_WORDS | MISSING_WORDS
"""Reasons with what an inspector reads."""
