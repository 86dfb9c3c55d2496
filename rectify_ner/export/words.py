"""The Chinese words for the names in a record, one place for every format."""

STATUS_WORDS = {"done": "已完成", "in_progress": "推进中", "planned": "计划中"}
LABEL_WORDS = {
    "DATE": "日期",
    "DOCUMENT": "文件",
    "COUNT": "数量",
    "MONEY": "金额",
    "PERCENT": "百分比",
    "BODY": "机构",
    "ROLE": "职务",
}
ACTION_WORDS = {
    "issue": "印发",
    "revise": "修订",
    "draft": "起草",
    "study": "学习",
    "follow": "执行",
    "other": "其他",
}
SEVERITY_WORDS = {"error": "不符", "note": "提示", "none": "一致"}
_CHECK_WORDS = {
    "categories": "分类数",
    "issues": "问题数",
    "issues_done": "已完成问题数",
    "issues_open": "未完成问题数",
    "measures": "措施数",
    "measures_done": "已完成措施数",
    "measures_open": "未完成措施数",
    "tasks": "任务数",
    "tasks_done": "已完成任务数",
    "tasks_open": "未完成任务数",
    "rate": "完成率",
    "sum": "分项合计",
    "documents_issued": "印发修订文件数",
    "documents_listed": "所列文件数",
    "measure_repeated": "措施重复",
    "repeated": "措施重复",
    "unverifiable": "无可核实内容",
    "status": "状态与措施",
    "before_inspection": "日期早于巡察",
    "after_notice": "日期晚于公布",
    "number_lost": "序号缺失",
    "number_missing": "序号不连续",
    "number_doubled": "序号重复",
    "number_disordered": "序号颠倒",
    "label_damaged": "序号残缺",
    "number-unreadable": "数字难以辨认",
}


def check_words(kind: str) -> str:
    """What a check or flag is called; a kind without a name of its own keeps its own.

    >>> check_words("rate"), check_words("date-unresolved")
    ('完成率', '日期难以确定')
    """
    if kind.startswith("date-"):
        return "日期难以确定"
    return _CHECK_WORDS.get(kind, kind)


def severity_words(check_ok: bool, severity: str | None) -> str:
    """Whether a check holds: 一致, 不符 (the notice contradicts itself) or 提示 (to be looked at)."""
    if check_ok:
        return SEVERITY_WORDS["none"]
    return SEVERITY_WORDS.get(severity or "error", SEVERITY_WORDS["note"])
