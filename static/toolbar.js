// Above each <textarea data-markdown>, the buttons of <template data-toolbar>: they put the marks of Markdown around
// what is selected, or take them away. Without this file one types them. Arrow keys go from button to button.
// A new line in a list begins with the mark of a list.
const template = document.querySelector("template[data-toolbar]");

// As if it were typed, so that the browser's own "undo" knows of it; where that is refused, without.
const type = (box, start, end, text) => {
  box.focus();
  box.setSelectionRange(start, end);
  if (text ? document.execCommand("insertText", false, text) : document.execCommand("delete")) return;
  box.setRangeText(text, start, end, "end");
  box.dispatchEvent(new InputEvent("input", { bubbles: true }));
};

// Three stars are bold and italic: an odd number is italic, two or more are bold.
const isWrapped = (mark, left, right) => {
  const stars = Math.min(left.match(/\**$/)[0].length, right.match(/^\**/)[0].length);
  return mark === "*" ? stars % 2 === 1 : stars >= 2;
};

const around = (mark) => (box) => {
  const { selectionStart: start, selectionEnd: end, value } = box;
  // Blanks at the ends stay outside: "** word **" is not bold.
  const [, before, words, after] = value.slice(start, end).match(/^(\s*)([^]*?)(\s*)$/);
  const from = start + before.length, to = end - after.length, size = mark.length;
  const isDone = isWrapped(mark, value.slice(0, from), value.slice(to));
  const shift = isDone ? -size : size;
  if (isDone) type(box, from - size, to + size, words);
  else type(box, from, to, mark + words + mark);
  box.setSelectionRange(from + shift, to + shift);
};

const before = (mark, pattern) => (box) => {
  const { selectionStart: from, selectionEnd: to, value } = box;
  const start = from && value.lastIndexOf("\n", from - 1) + 1;
  // A selection that ends with the end of a line does not touch the next one.
  const last = value.indexOf("\n", to > from ? to - 1 : to);
  const end = last < 0 ? value.length : last;
  const lines = value.slice(start, end).split("\n");
  const isDone = lines.every((line) => pattern.test(line));
  const changed = lines.map((line) => isDone ? line.replace(pattern, "") : pattern.test(line) ? line : mark + line).join("\n");
  type(box, start, end, changed);
  const shift = changed.length - (end - start);
  if (lines.length > 1) box.setSelectionRange(start, start + changed.length);
  else box.setSelectionRange(Math.max(start, from + shift), Math.max(start, to + shift));
};

const SCHEME = "https://", ADDRESS = /^(https?:\/\/|mailto:)\S+$/;
const link = (box) => {
  const { selectionStart: start, selectionEnd: end } = box;
  const chosen = box.value.slice(start, end).trim();
  const isAddress = ADDRESS.test(chosen);
  type(box, start, end, isAddress ? `[](${chosen})` : `[${chosen}](${SCHEME})`);
  // One goes on with what is still missing: the words, or the address.
  const place = isAddress ? start + 1 : start + chosen.length + 3 + SCHEME.length;
  box.setSelectionRange(place, place);
};

// A whole address that is pasted takes the place of the beginning that stands there.
const paste = (event) => {
  const { currentTarget: box, clipboardData } = event;
  const text = clipboardData?.getData("text/plain").trim() ?? "";
  const { selectionStart: start, selectionEnd: end, value } = box;
  if (!ADDRESS.test(text) || !value.slice(0, start).endsWith(`](${SCHEME}`)) return;
  event.preventDefault();
  type(box, start - SCHEME.length, end, text);
};

// A new line after an item begins the next one; after an empty item it ends the list.
const goOn = (event) => {
  const { currentTarget: box, inputType, isComposing } = event;
  const { selectionStart: place, selectionEnd: end, value } = box;
  if (inputType !== "insertLineBreak" || isComposing || place !== end) return;
  const start = place && value.lastIndexOf("\n", place - 1) + 1;
  const item = value.slice(start, place).match(/^(\s*)(?:([-*])|(\d+)\.) (.*)$/);
  if (!item) return;
  event.preventDefault();
  const [, indent, sign, number, words] = item;
  if (words) type(box, place, place, `\n${indent}${sign ?? `${Number(number) + 1}.`} `);
  else type(box, start, place, "");
};

const ACTS = { bold: around("**"), italic: around("*"), heading: before("## ", /^#{1,6} /), list: before("- ", /^[-*] /), link };
const KEYS = { b: "bold", i: "italic", k: "link" };

const equip = (box) => {
  const bar = template.content.firstElementChild.cloneNode(true);
  const buttons = [...bar.querySelectorAll("button")];
  const reach = (one) => { for (const each of buttons) each.tabIndex = each === one ? 0 : -1; };
  bar.setAttribute("aria-label", `${bar.getAttribute("aria-label")}, ${box.labels[0]?.textContent ?? ""}`);
  bar.setAttribute("aria-controls", box.id);
  reach(buttons[0]);
  bar.addEventListener("keydown", (event) => {
    const place = buttons.indexOf(document.activeElement), count = buttons.length;
    const goal = { ArrowRight: place + 1, ArrowLeft: place - 1 + count, Home: 0, End: count - 1 }[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    reach(buttons[goal % count]);
    buttons[goal % count].focus();
  });
  // The words stay selected while a button is pressed.
  bar.addEventListener("mousedown", (event) => event.preventDefault());
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    reach(button);
    ACTS[button.dataset.act](box);
  });
  box.addEventListener("keydown", (event) => {
    const act = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && KEYS[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    ACTS[act](box);
  });
  box.addEventListener("beforeinput", goOn);
  box.addEventListener("paste", paste);
  box.before(bar);
};

for (const box of document.querySelectorAll("textarea[data-markdown]")) equip(box);
