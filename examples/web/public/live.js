// Keeps a page up to date: the server sends the parts that have changed, as finished HTML.
const clock = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', second: '2-digit'});

/** Times in the visitor's own zone; those with a countdown tell how long it takes. */
function tellTimes() {
  for (const time of document.querySelectorAll('time')) {
    const at = new Date(time.dateTime);
    const seconds = Math.ceil((at - Date.now()) / 1000);
    const text = !('countdown' in time.dataset) ? clock.format(at) : seconds > 0 ? `in ${seconds} s` : 'now';
    if (time.textContent !== text) time.textContent = text;
  }
}

function show({id, html, version}) {
  const region = document.getElementById(id);
  // What stands there already is not said again by a screen reader.
  if (!region || region.dataset.version === version) return;
  const held = region.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
  region.dataset.version = version;
  region.innerHTML = html;
  if (held !== null) region.querySelector(`a[href="${CSS.escape(held)}"]`)?.focus();
  tellTimes();
}

const {events} = document.body.dataset;
if (events !== undefined) {
  const source = new EventSource(events);
  source.addEventListener('region', ({data}) => show(JSON.parse(data)));
  // A page on its way out closes its stream; browsers allow six for one server, and a page kept for "back" holds one.
  addEventListener('pagehide', () => source.close());
  addEventListener('pageshow', ({persisted}) => persisted && location.reload());
}

// Sent without leaving the page, so that the focus stays where it is. Without this script the form works as any other.
document.addEventListener('submit', event => {
  const form = event.target;
  if (!form.matches('[data-stay]')) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  fetch(form.action, {method: 'POST', body, redirect: 'manual'}).catch(() => form.submit());
});

tellTimes();
setInterval(tellTimes, 500);
