// What a page can do beside its links and forms: copy a text, and show where a file may be dropped.
"use strict";
for (const box of document.querySelectorAll(".copy")) {
	const button = document.createElement("button");
	button.type = "button";
	button.className = "second";
	button.textContent = "Chép";
	button.addEventListener("click", async () => {
		await navigator.clipboard.writeText(box.querySelector("p").textContent);
		button.textContent = "Đã chép";
	});
	box.append(button);
}
for (const input of document.querySelectorAll("input[type=file]")) {
	for (const [event, over] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
		input.addEventListener(event, () => input.classList.toggle("over", over));
	}
}
