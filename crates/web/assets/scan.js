// Comfort only: where the browser can read codes itself, a code is scanned live. What it says is sent
// as a form of the same page; nothing else leaves the page.
"use strict";

for (const box of document.querySelectorAll("[data-scan]")) {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) continue;
  const button = box.querySelector("button[type=button]");
  const said = box.querySelector("[role=status]");
  const file = box.querySelector("input[type=file]");
  button.classList.remove("hidden");
  let stream = null;
  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    box.querySelector("video")?.remove();
    button.textContent = button.dataset.start;
  };
  const take = (text) => {
    // As a file, the way a photograph goes: the server reads both.
    const files = new DataTransfer();
    files.items.add(new File([text], "code.txt", { type: "text/plain" }));
    file.files = files.files;
    file.form.requestSubmit();
  };
  button.addEventListener("click", async () => {
    if (stream) return stop();
    let detector;
    try {
      detector = new BarcodeDetector({ formats: ["qr_code"] });
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      said.textContent = button.dataset.none;
      return;
    }
    button.textContent = button.dataset.stop;
    const video = document.createElement("video");
    video.className = "camera";
    video.muted = true;
    video.playsInline = true;
    video.srcObject = stream;
    button.after(video);
    await video.play();
    const look = async () => {
      if (!stream) return;
      const [found] = await detector.detect(video).catch(() => []);
      if (found?.rawValue) {
        stop();
        return take(found.rawValue);
      }
      setTimeout(look, 200);
    };
    look();
  });
}
