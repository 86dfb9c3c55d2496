// Filters hold for every notice that is opened: labels hide marks and chips, the rest hides rows.
const filters = { labels: new Set(Object.keys(WORDS.labels)), statuses: new Set(Object.keys(WORDS.statuses)), flagged: false, words: "" };

function renderFilters(onChange) {
  const box = make("form", { class: "filters", "aria-label": "筛选", autocomplete: "off" });
  const group = (title, chosen, words, prefix) => make("fieldset", {}, make("legend", {}, title),
    Object.entries(words).map(([key, word]) => toggle(word, `${prefix}${key}`, chosen.has(key), (on) => {
      if (on) chosen.add(key); else chosen.delete(key);
      onChange();
    })));
  const search = make("input", { type: "search", placeholder: "在台账中查找", "aria-label": "在台账中查找", value: filters.words });
  search.addEventListener("input", () => { filters.words = search.value.trim(); onChange(); });
  box.append(group("标注", filters.labels, WORDS.labels, "key L-"), group("状态", filters.statuses, WORDS.statuses, "key st-"),
    make("fieldset", {}, make("legend", {}, "提示"),
      toggle("只看有提示的", "key", filters.flagged, (on) => { filters.flagged = on; onChange(); })), search);
  box.addEventListener("submit", (event) => event.preventDefault());
  return box;
}

function toggle(words, name, on, changed) {
  const input = make("input", { type: "checkbox", checked: on });
  input.addEventListener("change", () => changed(input.checked));
  return make("label", { class: name }, input, make("span", {}, words));
}

// Returns how many rows stay visible.
function applyFilters(section) {
  for (const label of Object.keys(WORDS.labels)) section.classList.toggle(`hide-${label}`, !filters.labels.has(label));
  for (const status of Object.keys(WORDS.statuses)) section.classList.toggle(`hide-${status}`, !filters.statuses.has(status));
  const words = filters.words.toLowerCase();
  const fits = (row, status, flagged, content) => filters.statuses.has(status) && (!filters.flagged || flagged)
    && (!words || content.toLowerCase().includes(words));
  let shown = 0;
  for (const body of section.querySelectorAll(".issue-group")) {
    const issueFits = words && body.querySelector(".issue-name").textContent.toLowerCase().includes(words);
    let visible = 0;
    for (const row of body.querySelectorAll(".measure-row")) {
      const content = issueFits ? words : row.textContent;
      row.hidden = !fits(row, row.dataset.status, "flagged" in row.dataset, content);
      visible += row.hidden ? 0 : 1;
    }
    const bare = "bare" in body.dataset && fits(body, body.dataset.status, false, issueFits ? words : body.textContent);
    body.hidden = visible === 0 && !bare;
    shown += visible;
  }
  hideEmptyCategories(section);
  return shown;
}

function hideEmptyCategories(section) {
  let heading = null;
  let any = false;
  const settle = () => { if (heading) heading.hidden = !any; };
  for (const body of section.querySelectorAll(".ledger > tbody")) {
    if (body.classList.contains("category")) { settle(); heading = body; any = false; } else if (!body.hidden) any = true;
  }
  settle();
}
