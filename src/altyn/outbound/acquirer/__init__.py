"""The acquiring bank: asked for money, and asked again when its answer was lost."""
