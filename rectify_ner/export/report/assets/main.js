// Which notice is open, what is selected in it, and the way between ledger and text.
const overview = byId("overview");
const section = byId("notice");
const bar = byId("selection");
const choose = byId("choose");
const total = Number(section.dataset.count);
let current = 0;

function readNotice(number) {
  return JSON.parse(byId(`n${number}`).textContent);
}

function openNotice(number) {
  const notice = readNotice(number);
  const ledgerPane = make("div", { class: "pane ledger-pane", role: "region", "aria-label": "台账", tabindex: "0" }, renderLedger(notice));
  const checksPane = make("div", { class: "pane checks-pane", role: "region", "aria-label": "核验", tabindex: "0" }, renderChecks(notice));
  const textPane = make("div", { class: "pane text-pane", role: "region", "aria-label": "原文", tabindex: "0" }, renderText(notice));
  const open = notice.checks.filter((check) => check.level !== "ok").length + notice.notes.length;
  const count = make("p", { class: "count", role: "status" });
  const refresh = () => { count.textContent = `显示 ${applyFilters(section)} 条措施`; };
  const filterBox = make("details", { class: "filter-box" }, make("summary", {}, "筛选与图例"), renderFilters(refresh));
  filterBox.open = window.matchMedia("(min-width: 900px)").matches;
  section.replaceChildren(noticeHead(notice), make("div", { class: "bar" }, filterBox, make("div", { class: "tools" }, tabs(open), count)),
    make("div", { class: "panes" }, textPane, ledgerPane, checksPane));
  showTab("ledger");
  refresh();
  current = number;
  choose.value = String(number);
  document.title = `${notice.title || notice.source} · 整改台账报告`;
}

function noticeHead(notice) {
  return make("header", { class: "notice-head" }, make("h1", {}, make("bdi", {}, notice.title || notice.source)),
    make("dl", { class: "facts" }, notice.facts.map(([name, value]) =>
      make("div", {}, make("dt", {}, name), make("dd", {}, make("bdi", {}, value))))));
}

function tabs(open) {
  const names = [["text", "原文"], ["ledger", "台账"], ["checks", open ? `核验（${open}）` : "核验"]];
  const box = make("div", { class: "tabs", role: "group", "aria-label": "显示内容" });
  for (const [name, words] of names) {
    const button = make("button", { type: "button", "data-tab": name }, words);
    button.addEventListener("click", () => showTab(name));
    box.append(button);
  }
  return box;
}

function showTab(name) {
  section.dataset.tab = name;
  if (name !== "text") section.dataset.side = name;
  for (const button of section.querySelectorAll(".tabs button")) button.setAttribute("aria-pressed", String(button.dataset.tab === name));
}

function route() {
  const [number, id] = decodeURIComponent(location.hash.slice(1)).split("/");
  const wanted = /^\d+$/.test(number || "") ? Number(number) : 0;
  const valid = wanted >= 1 && wanted <= total;
  overview.hidden = valid;
  section.hidden = !valid;
  document.body.classList.toggle("in-notice", valid);
  clearSelection();
  if (!valid) {
    current = 0;
    choose.value = "0";
    document.title = "整改台账报告";
  } else {
    if (wanted !== current) openNotice(wanted);
    const element = id && section.querySelector(`[data-id="${CSS.escape(id)}"]`);
    if (element) selectFromLedger(element, false);
  }
  byId("previous").disabled = current <= 1;
  byId("next").disabled = current >= total;
}

function clearSelection() {
  for (const element of section.querySelectorAll(".hit")) element.classList.remove("hit");
  for (const element of section.querySelectorAll("[aria-current]")) element.removeAttribute("aria-current");
  bar.hidden = true;
}

// A cell of the ledger was chosen: mark its characters in the text.
function selectFromLedger(element, remember = true) {
  clearSelection();
  const start = Number(element.dataset.s);
  const end = Number(element.dataset.e);
  const hits = [...section.querySelectorAll(".text [data-s]")].filter((one) => Number(one.dataset.s) < end && Number(one.dataset.e) > start);
  for (const hit of hits) hit.classList.add("hit");
  element.setAttribute("aria-current", "true");
  if (isNarrow()) showTab("text");
  if (hits.length) bringIntoView(hits[0]);
  announce(element.dataset.kind, hits.map((hit) => hit.textContent).join(""), element.dataset.tip, isNarrow());
  if (remember) history.replaceState(null, "", `#${current}/${element.dataset.id}`);
}

// Something in the text was chosen: find its cell in the ledger.
function selectFromText(element) {
  const id = element.dataset.go;
  const cell = section.querySelector(`.ledger [data-id="${CSS.escape(id)}"]`);
  clearSelection();
  const own = element.matches("mark") ? section.querySelectorAll(`.text mark[data-go="${CSS.escape(id)}"]`) : element.parentElement.querySelectorAll("[data-s]");
  for (const hit of own) hit.classList.add("hit");
  const words = [...own].map((hit) => hit.textContent).join("");
  const kind = element.matches("mark") ? element.title : "";
  if (!cell) {
    announce(kind, words, "在措施之外，台账中没有这一项", false);
    return;
  }
  revealRow(cell);
  showTab("ledger");
  cell.setAttribute("aria-current", "true");
  bringIntoView(cell);
  announce(cell.dataset.kind, words, cell.dataset.tip, false);
  history.replaceState(null, "", `#${current}/${id}`);
}

// A row that a filter hides is shown while it is selected.
function revealRow(cell) {
  for (const hidden of [cell.closest("tr"), cell.closest("tbody")]) if (hidden) hidden.hidden = false;
}

function announce(kind, words, tip, offerReturn) {
  const shown = words.length > 90 ? `${words.slice(0, 90)}……` : words;
  const back = make("button", { type: "button", class: "quiet" }, "返回台账");
  back.addEventListener("click", () => {
    const cell = section.querySelector("[data-id][aria-current]");
    showTab(cell && cell.closest(".checks-pane") ? "checks" : "ledger");
    if (cell) { bringIntoView(cell); cell.focus({ preventScroll: true }); }
  });
  const close = make("button", { type: "button", class: "quiet", "aria-label": "取消选择" }, "×");
  close.addEventListener("click", () => { clearSelection(); history.replaceState(null, "", `#${current}`); });
  bar.replaceChildren(make("p", { role: "status" }, make("strong", {}, kind || "选中"), " ", make("bdi", {}, shown),
    tip ? make("span", { class: "tip" }, ` ${tip}`) : null), offerReturn ? back : "", close);
  bar.hidden = false;
}

const isNarrow = () => window.matchMedia("(max-width: 899px)").matches;

function bringIntoView(element) {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches || isNarrow();
  element.scrollIntoView({ block: "center", inline: "nearest", behavior: calm ? "auto" : "smooth" });
}

section.addEventListener("click", (event) => {
  const element = event.target.closest("[data-id][data-s], [data-go]");
  if (!element) return;
  if (element.dataset.id) selectFromLedger(element); else selectFromText(element);
});

// A pane is one stop of the tab key; the arrow keys move inside it.
section.addEventListener("keydown", (event) => {
  const pane = event.target.closest(".pane");
  if (!pane) return;
  if ((event.key === "Enter" || event.key === " ") && event.target.matches("mark")) {
    event.preventDefault();
    selectFromText(event.target);
  }
  if (event.key === "Escape") {
    pane.focus();
    clearSelection();
  }
  const next = neighbour(pane, event.target, event.key);
  if (next) {
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
});

function neighbour(pane, from, key) {
  if (!["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "Home", "End"].includes(key)) return null;
  if (from === pane && key !== "ArrowRight") return null;
  const all = [...pane.querySelectorAll("button, mark")].filter((one) => one.offsetParent !== null && !one.closest("[hidden]")
    && getComputedStyle(one).pointerEvents !== "none");
  const at = all.indexOf(from);
  if (key === "Home") return all[0];
  if (key === "End") return all[all.length - 1];
  if (key === "ArrowRight") return all[at + 1];
  if (key === "ArrowLeft") return all[at - 1];
  const lineOf = (one) => one.closest("tr, li, p, .block");
  const step = key === "ArrowDown" ? 1 : -1;
  let index = at + step;
  while (all[index] && lineOf(all[index]) === lineOf(from)) index += step;
  const line = all[index] && lineOf(all[index]);
  return line ? all.find((one) => lineOf(one) === line) : null;
}

choose.addEventListener("change", () => { location.hash = choose.value === "0" ? "" : choose.value; });
byId("previous").addEventListener("click", () => { location.hash = String(current - 1); });
byId("next").addEventListener("click", () => { location.hash = String(current + 1); });
byId("print").addEventListener("click", () => window.print());
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  byId("main").focus();
});
window.addEventListener("hashchange", () => {
  route();
  window.scrollTo(0, 0);
  (current ? section : overview).focus({ preventScroll: true });
});

function setUpOverview() {
  const words = byId("find-notice");
  const onlyErrors = byId("only-errors");
  const rows = [...overview.querySelectorAll("tbody tr[data-number]")];
  choose.append(make("option", { value: "0" }, "总览"));
  for (const row of rows) choose.append(make("option", { value: row.dataset.number }, `${row.dataset.number}. ${row.querySelector("a").textContent}`));
  const refresh = () => {
    const wanted = words.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      row.hidden = (wanted && !row.textContent.toLowerCase().includes(wanted)) || (onlyErrors.checked && row.dataset.errors === "0");
      shown += row.hidden ? 0 : 1;
    }
    byId("notices-shown").textContent = `显示 ${shown} 份`;
  };
  words.addEventListener("input", refresh);
  onlyErrors.addEventListener("change", refresh);
  for (const button of overview.querySelectorAll("th button")) button.addEventListener("click", () => sortRows(button, rows));
  refresh();
}

function sortRows(button, rows) {
  const head = button.closest("th");
  const index = [...head.parentElement.children].indexOf(head);
  const down = head.getAttribute("aria-sort") !== "descending";
  for (const one of head.parentElement.children) one.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const key = (row) => row.children[index].dataset.key;
  const number = (row) => Number(key(row));
  const byNumber = rows.every((row) => key(row) !== "" && !Number.isNaN(number(row)));
  rows.sort((one, other) => (byNumber ? number(one) - number(other) : key(one).localeCompare(key(other), "zh")) * (down ? -1 : 1));
  rows[0].parentElement.append(...rows);
}

setUpOverview();
route();
