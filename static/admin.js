// The desk: Django's search boxes (select2) come without a name; give them that of their field.
const labelOf = (select) => {
  const label = select?.labels?.[0];
  if (label) label.id ||= `${select.id}_label`;
  return label?.id;
};
const name = (element, ids) => {
  if (element && element.getAttribute("aria-labelledby") !== ids) element.setAttribute("aria-labelledby", ids);
};
const nameAll = () => {
  for (const box of document.querySelectorAll(".select2-selection")) {
    const label = labelOf(box.closest(".select2-container").previousElementSibling);
    const shown = box.querySelector(".select2-selection__rendered");
    if (!label) continue;
    name(box, shown.id ? `${label} ${shown.id}` : label);
    name(box.querySelector("[role=textbox], [role=searchbox]"), label);
    if (box.hasAttribute("aria-owns")) box.setAttribute("aria-controls", box.getAttribute("aria-owns"));
  }
  for (const list of document.querySelectorAll(".select2-results__options[id]")) {
    const label = labelOf(document.getElementById(list.id.replace(/^select2-|-results$/g, "")));
    if (!label) continue;
    name(list, label);
    name(list.closest(".select2-dropdown").querySelector(".select2-search__field"), label);
  }
};
new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
nameAll();
