// Clicks each control as soon as it can be clicked, from the moment a file is chosen until the study is finished.
// `armJob()` makes ready for the next file.
(() => {
  const named = (selector, name) =>
    [...document.querySelectorAll(selector)].find(
      (found) => found.textContent.trim() === name && !found.disabled && found.ariaDisabled !== "true",
    );
  const status = () =>
    document.querySelector('[role=status][aria-label="Study status"]')?.textContent.trim() ?? "";
  const run = (job) => {
    const begun = performance.now();
    job.since = performance.timeOrigin + begun;
    const steps = [["button", "Use this data"], ["a", "Train on this data"], ["button", "Start tuning"]];
    let isRunning = false;
    const look = () => {
      if (steps.length > 0) {
        const control = named(...steps[0]);
        if (control) {
          steps.shift();
          job.clicked.push(performance.now() - begun);
          control.click();
        }
      } else if (isRunning && status().startsWith("Finished")) {
        job.ms = performance.now() - begun;
        return;
      } else {
        // The study before this one was finished, too.
        isRunning ||= !status().startsWith("Finished");
      }
      setTimeout(look, 2);
    };
    look();
  };
  globalThis.armJob = () => {
    globalThis.job = { ms: null, clicked: [], since: null };
  };
  document.addEventListener("change", ({ target }) => target.type === "file" && run(job), { capture: true });
})();
