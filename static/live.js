// A page that the server draws again while something goes on: inside <div data-live="5">, each part with an id and
// data-part is replaced every 5 seconds. Without this file, a link does the same.
const live = document.querySelector("[data-live]");

const replace = (part, fresh, isLast) => {
  const html = fresh?.innerHTML ?? "";
  // Nobody loses their place: a part that has the focus waits, and at the end the focus goes to the page.
  const isBusy = part.contains(document.activeElement);
  if (part.innerHTML === html || (isBusy && !isLast)) return;
  part.innerHTML = html;
  if (isBusy) document.getElementById("main").focus();
};

// Tells whether to go on; what failed to load is asked for again.
const renew = async () => {
  const answer = await fetch(location.href);
  if (answer.redirected || answer.status === 403 || answer.status === 404) return false;
  if (!answer.ok) return true;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const isLast = !page.querySelector("[data-live]");
  for (const part of live.querySelectorAll("[data-part]")) replace(part, page.getElementById(part.id), isLast);
  document.title = page.title;
  return !isLast;
};

const wait = () => setTimeout(async () => {
  const goesOn = document.hidden || await renew().catch(() => true);
  if (goesOn) wait();
  else live.querySelector("[data-live-note]").hidden = true;
}, live.dataset.live * 1000);

if (live) {
  live.querySelector("[data-live-note]").hidden = false;
  wait();
}
