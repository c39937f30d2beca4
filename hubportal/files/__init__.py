"""Private files: checked when they come in (`checks`), kept out of any served path (`storage`), and handed
out as downloads only (`download`)."""
