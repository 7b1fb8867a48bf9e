"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const buttons = [...table.tHead.querySelectorAll("button")];
  buttons.forEach((button, column) => button.addEventListener("click", () => {
    const order = button.dataset.order === "down" ? "up" : "down";
    buttons.forEach(other => delete other.dataset.order);
    button.dataset.order = order;
    const key = body => body.rows[0].cells[column].dataset.key;
    const bodies = [...table.tBodies];
    const numbers = bodies.every(body => key(body) !== "" && !isNaN(key(body)));
    const before = numbers ? (a, b) => a - b : (a, b) => a.localeCompare(b, "en", {numeric: true});
    bodies.sort((a, b) => (order === "up" ? 1 : -1) * before(key(a), key(b)));
    table.append(...bodies);
  }));
}
