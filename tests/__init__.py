"""Tests mirror src; browser journeys, benchmarks and fixtures have folders of their own."""
