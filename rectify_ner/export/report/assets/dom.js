// Elements are made from strings only as text: nothing a notice says is ever read as markup.
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(2)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

const byId = (id) => document.getElementById(id);
const WORDS = JSON.parse(byId("words").textContent);
const STATUS_SIGNS = { done: "●", in_progress: "◐", planned: "○" };

function statusBadge(status) {
  return make("span", { class: `badge st-${status}` },
    make("span", { "aria-hidden": "true" }, STATUS_SIGNS[status]), " ", WORDS.statuses[status]);
}
