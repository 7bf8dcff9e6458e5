"""SmartKargo."""
