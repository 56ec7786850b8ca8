"""How the operator asks: one module per noun, one function per verb."""
