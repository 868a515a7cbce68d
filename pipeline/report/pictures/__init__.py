"""Pictures as SVG text: pure functions of figures, in our own few lines; colours come from the page's style."""
