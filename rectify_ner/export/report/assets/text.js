// The text of a notice: issues and measures as blocks with a mark in the margin, mentions as marks.
function renderText(notice) {
  const article = make("div", { class: "text", lang: "zh-CN" });
  const cuts = cutPoints(notice);
  const entities = ownersByStart(notice.entities);
  for (const segment of segmentsOf(notice)) {
    const block = isLeftOver(notice.text, segment) && article.lastElementChild ? article.lastElementChild : blockOf(segment);
    let at = segment.s;
    for (const line of notice.text.slice(segment.s, segment.e).split("\n")) {
      if (line.trim()) fillLine(block, article, pieces(notice.text, at, at + line.length, cuts, entities));
      at += line.length + 1;
    }
    if (block.querySelector("p") && block.parentElement !== article) article.append(block);
  }
  return article;
}

// Every offset at which something that can be pointed at begins or ends, in order.
function cutPoints(notice) {
  const offsets = new Set();
  const add = (span) => { if (span && span.s !== null) { offsets.add(span.s); offsets.add(span.e); } };
  notice.entities.forEach(add);
  for (const issue of notice.issues) {
    add(issue); add(issue.deadline);
    for (const measure of issue.measures) {
      add(measure); add(measure.deadline); measure.who.forEach(add);
    }
  }
  for (const check of notice.checks) check.spans.forEach(add);
  return [...offsets].sort((one, other) => one - other);
}

function ownersByStart(entities) {
  return [...entities].sort((one, other) => one.s - other.s || other.e - one.e);
}

// Issues and measures laid end to end; where two overlap the one that begins later is on top.
function segmentsOf(notice) {
  const spans = [];
  for (const issue of notice.issues) {
    spans.push({ s: issue.s, e: issue.e, issue });
    for (const measure of issue.measures) spans.push({ s: measure.s, e: measure.e, issue, measure });
  }
  spans.sort((one, other) => one.s - other.s || other.e - one.e);
  const segments = [];
  const open = [];
  let at = 0;
  const fill = (end) => {
    while (at < end) {
      while (open.length && open[open.length - 1].e <= at) open.pop();
      const top = open[open.length - 1];
      const stop = Math.min(end, top ? top.e : end);
      segments.push({ ...(top || {}), s: at, e: stop, first: Boolean(top) && top.s === at });
      at = stop;
    }
  };
  for (const span of spans) {
    fill(span.s);
    open.push(span);
  }
  fill(notice.text.length);
  return segments;
}

function blockOf(segment) {
  const part = segment.measure || segment.issue;
  if (!part) return make("div", { class: "block" });
  const status = part.status;
  const kind = segment.measure ? "measure" : "issue";
  const block = make("div", { class: `block ${kind} st-${status}`, "data-part": part.id });
  if (segment.first) {
    const name = segment.measure ? `措施 ${part.ordinal || ""}`.trim() : `问题 ${part.label || ""}`.trim();
    const label = `${name}，${WORDS.statuses[status]}，查看台账`;
    block.append(make("button", { type: "button", class: "margin", tabindex: "-1", "data-go": part.id, "aria-label": label },
      make("span", { "aria-hidden": "true" }, STATUS_SIGNS[status]), " ", name));
  }
  return block;
}

// A stop or a comma between two blocks stays on the line before it.
function isLeftOver(text, segment) {
  return !segment.issue && /^[\p{P}\s]*$/u.test(text.slice(segment.s, segment.e)) && /\S/.test(text.slice(segment.s, segment.e));
}

function fillLine(block, article, content) {
  const last = block.parentElement === article ? block.lastElementChild : null;
  if (last) last.append(...content); else block.append(make("p", {}, content));
}

function pieces(text, start, end, cuts, entities) {
  const found = [];
  let at = start;
  for (let index = firstAfter(cuts, start); at < end; index += 1) {
    const stop = Math.min(end, index < cuts.length ? cuts[index] : end);
    found.push(piece(text, at, stop, entities));
    at = stop;
  }
  return found;
}

function piece(text, start, end, entities) {
  const owner = entityAt(entities, start, end);
  const content = text.slice(start, end);
  if (!owner) return make("span", { "data-s": start, "data-e": end }, content);
  return make("mark", {
    class: `L-${owner.label}`, "data-s": start, "data-e": end, "data-go": owner.id, tabindex: "-1", role: "button",
    title: `${WORDS.labels[owner.label]}${owner.tip ? "：" + owner.tip : ""}`,
    "aria-label": `${WORDS.labels[owner.label]} ${content}`,
  }, content);
}

function firstAfter(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] > value) high = middle; else low = middle + 1;
  }
  return low;
}

// The mention that covers a piece; mentions hardly ever overlap, so a short look back is enough.
function entityAt(entities, start, end) {
  const starts = entities.starts || (entities.starts = entities.map((entity) => entity.s));
  const last = firstAfter(starts, start) - 1;
  for (let index = last; index >= 0 && index > last - 8; index -= 1) {
    if (entities[index].e >= end) return entities[index];
  }
  return null;
}
