"""Values of lists in other words: what offices write and the codes of national standards; what may mean two things stays unread."""

from __future__ import annotations

import re

import polars as pl
import pytest

from expectations.contracts.deliveries import DATA_SETS
from expectations.contracts.model import Kind
from jobs.cells.text import read_enum

WORDS = {
    "dibao_roster.program": "城镇低保 城市居民最低生活保障=城市低保 农低 农村=农村低保",
    "dibao_roster.relation": "户主本人=户主 妻 之夫 配偶(妻)=配偶 长子 次女 独子 2-养子=子女 父亲=父母 外孙女=孙子女 奶奶=祖父母 "
    "姐 弟弟=兄弟姐妹 儿媳 岳母 侄子 非亲属=其他",
    "dibao_roster.covered": "享受 保障对象 在保=是 不享受 非保障对象=否",
    "dibao_roster.single_person_cover": "单人保=是 整户保=否",
    "dibao_roster.category": "一类 甲类=A 2类=B 三类=C",
    "tekun_roster.program": "农村五保 五保户 农村特困供养=农村特困 城市三无 城镇特困=城市特困",
    "tekun_roster.care_mode": "集中供养 机构供养=集中 散居 在家=分散",
    "tekun_roster.self_care": "具备生活自理能力=全自理 半失能 部分丧失生活自理能力=半护理 失能 完全丧失生活自理能力=全护理",
    "payments.program": "城镇低保金=城市低保 农村五保=农村特困 物价补贴=价格补贴 丧葬费=丧葬补助 医疗救助金=医疗救助 临时救济=临时救助",
    "payments.kind": "正常发放=正常 补=补发 补差=补发 追回 冲销 退款=退回",
    "fiscal_staff.staff_kind": "公务员=行政编制 全额事业=事业编制 公益岗=公益性岗位 遗属=遗属补助 离任村干部=离任村干部补贴 优抚对象=优抚补助",
    "fiscal_staff.status": "在岗 在编=在职 调出=离职 离休 退休人员=退休",
    "village_cadres.post": "村支书 党总支书记 书记兼主任=支部书记 村委会主任 社区主任 居委会主任=村主任 "
    "支部副书记=副书记 支委 村委会委员=委员 小组长=村民小组长",
    "kin_declarations.cadre_kind": "村(社区)干部=村干部 低保经办人员=民政经办人员",
    "enterprises.status": "在营 存续(在营、开业、在册)=存续 经营异常名录=经营异常 吊销,未注销=吊销 吊销,已注销 已注销=注销",
    "enterprise_roles.role": "自然人股东=股东 执行董事 董事长=董事 监事会主席=监事 总经理=经理 社员=成员",
    "vehicles.plate_kind": "02 小型新能源汽车号牌 52=小型汽车 01=大型汽车 两、三轮摩托车 07=普通摩托车 08=轻便摩托车 农用运输车=低速车 14=拖拉机",
    "vehicles.usage": "A 营转非 A-非营运=非营运 出租客运=营运 F=货运",
    "vehicles.status": "A=正常 逾期未年检 Q=逾期未检验 强制注销 E=注销 达到报废标准=报废 C=被盗抢 B=转出",
    "properties.use": "成套住宅 11 城镇住宅用地/住宅 公寓=住宅 商铺 门面房=商业 写字楼=办公 车位=车库 杂物间=储藏间",
    "properties.nature": "市场化商品房=商品房 拆迁安置房=安置房 还建=还建房 私房=自建房 公共租赁住房 廉租房=公租房",
    "social_insurance.kind": "企业职工=单位职工 个体灵活就业=灵活就业 新农保=城乡居民 公益岗=公益性岗位",
    "pensions.kind": "企业退休=企业职工 机关事业单位养老保险=机关事业 城乡居民基本养老保险=城乡居民",
    "housing_fund.status": "正常缴存 01=正常 已封存 02=封存",
    "marriages.kind": "结婚登记 再婚=结婚 协议离婚 IB=离婚 补领结婚证=补领",
    "prisoners.kind": "在监服刑=监狱服刑 强戒=强制隔离戒毒 社矫 社区服刑人员 缓刑=社区矫正",
    "disabilities.kind": "视力残疾 1=视力 聋=听力 语言=言语 肢残 肢体一级 4=肢体 智残=智力 精神残疾=精神 7=多重",
    "poverty_register.status": "一般贫困户=未脱贫 稳定脱贫 已脱贫(享受政策)=已脱贫 脱贫不稳定户 边缘易致贫户=监测户",
    "household_registry.status": "在册=正常 死亡 注销(死亡)=死亡注销 迁出 迁移注销=迁出注销 恢复户口=恢复",
    "check_requests.program": "城镇低保=城市低保 五保=特困供养",
}
UNREAD = {
    "dibao_roster.relation": "媳妇 之 01",
    "payments.program": "农村 城镇 低保",
    "fiscal_staff.status": "死亡",
    "village_cadres.post": "副主任 会计 第一书记",
    "vehicles.status": "查封 报废注销 正常(逾期未检验)",
    "vehicles.plate_kind": "挂车 15",
    "properties.use": "工业 非住宅",
    "social_insurance.kind": "企业职工基本养老保险 城镇职工",
    "marriages.kind": "补领离婚证 撤销",
    "prisoners.kind": "在押",
    "disabilities.kind": "听力、言语 8",
    "household_registry.status": "注销 失踪",
    "check_requests.program": "农村 低保",
}


def read(of: str, words: list[str]) -> list[str | None]:
    data_set, name = of.split(".")
    field = DATA_SETS[data_set][name]
    return list(read_enum(pl.Series(words), field.values, field.words))


@pytest.mark.parametrize("of", WORDS)
def test_other_words_mean_the_value_that_anybody_means_by_them(of: str) -> None:
    for part in re.findall(r"[^=]+=\S+", WORDS[of]):
        words, _, value = part.strip().rpartition("=")
        assert read(of, words.split()) == [value] * len(words.split()), part


@pytest.mark.parametrize("of", UNREAD)
def test_a_word_that_may_mean_something_else_stays_unread(of: str) -> None:
    assert dict.fromkeys(UNREAD[of].split()) == dict(zip(UNREAD[of].split(), read(of, UNREAD[of].split()), strict=True))


def test_there_are_words_for_values_alone_and_no_word_takes_a_values_name() -> None:
    for data_set in DATA_SETS.values():
        for field in data_set.fields:
            assert {*field.words} <= {*field.values}, (data_set.code, field.name)
            if field.kind is Kind.ENUM:
                assert read(f"{data_set.code}.{field.name}", [*field.values]) == [*field.values]
                for value, pattern in field.words.items():
                    others = [other for other in field.values if other != value and re.fullmatch(pattern, other)]
                    assert not others, (data_set.code, field.name, value, others)
