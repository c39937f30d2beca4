// What is typed in <form data-keep="address"> is kept on the server within seconds, beside what is saved. Without this
// file nothing is kept until one saves. The words come from the page and from the server's answer.
const form = document.querySelector("form[data-keep]");
const note = document.querySelector("[data-keep-note]");
const parity = document.querySelector("[data-parity]");
const PAUSE = 3000, AGAIN = 10000, PATIENCE = 8000;
let timer = 0, sending = null, isTyped = false, isOver = false, isLeaving = false;

const say = (words, isBad) => {
  if (note.textContent !== words) note.textContent = words;
  note.classList.toggle("kept--bad", isBad);
};

const words = () => {
  const data = new FormData();
  for (const box of form.querySelectorAll("textarea, [name=version], [name=csrfmiddlewaretoken]")) data.append(box.name, box.value);
  return data;
};

const post = (more) => fetch(form.dataset.keep, {
  method: "POST", body: words(), redirect: "manual", signal: AbortSignal.timeout(PATIENCE), ...more,
});

// Whoever signed in again in another window has another token: it is taken from this page as it is given out now.
const renew = async () => {
  const answer = await fetch(location.href, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("form[data-keep]");
  if (fresh?.dataset.person !== form.dataset.person) return false;
  for (const box of document.querySelectorAll("[name=csrfmiddlewaretoken]")) box.value = fresh.elements.csrfmiddlewaretoken.value;
  return true;
};

const keep = async (more) => {
  isTyped = false;
  let answer = await post(more);
  if (answer.status === 403 && await renew()) answer = await post(more);
  if (answer.headers.get("Content-Type") === "application/json") {
    const { said, compared } = await answer.json();
    say(said, !answer.ok);
    // Whoever stands in the list keeps their place: it is drawn anew the next time.
    if (compared && !parity.contains(document.activeElement)) parity.innerHTML = compared;
    isOver = answer.status === 409;
    return true;
  }
  say(answer.status === 403 || answer.type === "opaqueredirect" ? note.dataset.signedOut : note.dataset.failed, true);
  return false;
};

const send = (more) => {
  clearTimeout(timer);
  timer = 0;
  sending = keep(more).catch(() => { say(note.dataset.offline, true); return false; }).then((isKept) => {
    sending = null;
    if (!isKept) isTyped = true;
    if (isTyped) later(isKept ? PAUSE : AGAIN);
  });
};

const later = (pause) => {
  if (!timer && !sending && !isOver && !isLeaving) timer = setTimeout(send, pause);
};

// A save waits for what is on its way, which would otherwise come after it and bring the old words back.
const leave = (event) => {
  const isSecondClick = isLeaving;
  isLeaving = true;
  clearTimeout(timer);
  timer = 0;
  if (!sending) return;
  event.preventDefault();
  if (isSecondClick) return;
  const { target, submitter } = event;
  sending.then(() => target.requestSubmit(submitter));
};

form.addEventListener("input", (event) => {
  if (event.target.localName !== "textarea") return;
  isTyped = true;
  later(PAUSE);
});
for (const each of document.querySelectorAll("form[data-keep], form[data-keep-end]")) each.addEventListener("submit", leave);
addEventListener("pageshow", () => { isLeaving = false; });
addEventListener("online", () => { if (isTyped && !sending && !isOver) send(); });
document.addEventListener("visibilitychange", () => {
  if (document.hidden && isTyped && !sending && !isOver && !isLeaving) send({ keepalive: true });
});
// A browser that loads the page again fills in what was typed; a form that was refused holds what is kept nowhere.
const isFilled = [...form.querySelectorAll("textarea")].some((box) => box.value !== box.defaultValue);
if (isFilled || form.hasAttribute("data-keep-now")) { isTyped = true; later(PAUSE); }
