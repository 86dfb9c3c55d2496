// The ledger of a notice: a group of rows for each issue, a cell's content as buttons that lead into the text.
const COLUMNS = [
  ["措施", "c-measure"], ["责任主体", "c-who"], ["日期", "c-date"],
  ["文件", "c-document"], ["数量与金额", "c-amount"], ["状态", "c-status"],
];
const CELL_LABELS = { "c-date": ["DATE"], "c-document": ["DOCUMENT"], "c-amount": ["COUNT", "MONEY", "PERCENT"] };

function renderLedger(notice) {
  const table = make("table", { class: "ledger" },
    make("caption", { class: "sr" }, "整改台账：每条措施一行，按问题分组；按回车在原文中标出所选内容"),
    make("thead", {}, make("tr", {}, COLUMNS.map(([title, name]) => make("th", { scope: "col", class: name }, title)))));
  const entities = new Map(notice.entities.map((entity) => [entity.id, entity]));
  let category = "";
  for (const issue of notice.issues) {
    const above = issue.category.join(" › ");
    if (above !== category && above) table.append(categoryRow(above));
    category = above;
    table.append(issueGroup(notice, issue, entities));
  }
  if (!notice.issues.length) table.append(make("tbody", {}, make("tr", {}, make("td", { colspan: 6 }, "没有找到反馈问题。"))));
  return table;
}

function categoryRow(words) {
  return make("tbody", { class: "category" }, make("tr", {}, make("th", { scope: "colgroup", colspan: COLUMNS.length }, words)));
}

function issueGroup(notice, issue, entities) {
  const name = `${issue.label} ${issue.statement}`.trim();
  const head = make("tr", { class: "issue-row" }, make("th", { scope: "rowgroup", colspan: COLUMNS.length },
    make("div", { class: "issue-head" },
      target(issue.id, issue, "issue-name", name, "问题"),
      issue.deadline ? deadlineChip(issue.id, issue.deadline) : null,
      statusBadge(issue.status))));
  const rows = issue.measures.map((measure) => measureRow(notice, issue, measure, entities));
  return make("tbody", { class: `issue-group depth-${Math.min(issue.depth, 3)}`, "data-status": issue.status,
    "data-bare": issue.measures.length ? null : "" }, head, rows);
}

function measureRow(notice, issue, measure, entities) {
  const found = measure.entities.map((id) => entities.get(id)).filter(Boolean);
  const cells = {
    "c-measure": [target(measure.id, measure, "measure-text", notice.text.slice(measure.s, measure.e).trim(), "措施"),
      measure.flags.map((flag) => make("p", { class: "flag" }, make("span", { "aria-hidden": "true" }, "⚑ "), flag))],
    "c-who": [measure.who.map((who, index) => whoChip(measure, who, index))],
    "c-status": [statusBadge(measure.status)],
  };
  for (const [name, labels] of Object.entries(CELL_LABELS)) {
    cells[name] = found.filter((entity) => labels.includes(entity.label)).map(entityChip);
  }
  if (measure.deadline) cells["c-date"].push(deadlineChip(measure.id, measure.deadline));
  return make("tr", { class: "measure-row", "data-row": measure.id, "data-status": measure.status,
    "data-flagged": measure.flags.length ? "" : null },
  COLUMNS.map(([title, name]) => make("td", { class: name, "data-title": title, "data-empty": cells[name].flat().length ? null : "" }, cells[name])));
}

function target(id, span, name, words, kind) {
  return make("button", { type: "button", class: name, tabindex: "-1", "data-id": id, "data-s": span.s, "data-e": span.e,
    "data-kind": kind }, words);
}

function entityChip(entity) {
  const chip = target(entity.id, entity, `chip L-${entity.label}`, "", WORDS.labels[entity.label]);
  chip.title = entity.tip;
  chip.append(...[entity.lead ? make("small", {}, entity.lead) : "", make("bdi", {}, entity.words)]);
  if (entity.value) chip.append(make("span", { class: "value" }, entity.value.split(/(?<=～)/).map((part) => make("span", {}, part))));
  chip.dataset.tip = entity.tip;
  return chip;
}

function whoChip(measure, who, index) {
  const place = who.s === null ? measure : who;
  const chip = target(`${measure.id}-who${index}`, place, who.s === null ? "chip who inferred" : "chip who", who.name, "责任主体");
  if (who.s === null) chip.append(make("small", {}, "推定"));
  chip.title = who.reason;
  chip.dataset.tip = who.reason;
  return chip;
}

function deadlineChip(id, deadline) {
  const chip = target(`${id}-deadline`, deadline, "chip deadline", "", "完成时限");
  chip.append(make("small", {}, "时限"), deadline.words);
  chip.title = deadline.reason;
  chip.dataset.tip = deadline.reason;
  return chip;
}

function renderChecks(notice) {
  const list = make("ul", { class: "checks" });
  notice.checks.forEach((check, index) => {
    const numbers = check.reported === null ? null
      : make("span", { class: "numbers" }, `通报所称 ${check.reported}`, check.found === null ? null : ` · 正文所见 ${check.found}`);
    list.append(make("li", { class: `check v-${check.level}` },
      make("span", { class: `badge v-${check.level}` }, check.verdict), make("strong", {}, check.topic), numbers,
      make("p", {}, check.message || ""),
      make("div", { class: "places" }, check.spans.map((span, number) =>
        target(`check${index}-${number}`, span, "chip place", notice.text.slice(span.s, span.e).trim().slice(0, 24) || "原文处", "核验")))));
  });
  for (const note of notice.notes) {
    list.append(make("li", { class: "check v-note" }, make("span", { class: "badge v-note" }, "提示"), make("strong", {}, "读取"), make("p", {}, note)));
  }
  if (!list.children.length) list.append(make("li", { class: "check" }, "没有可核验的内容。"));
  return list;
}
