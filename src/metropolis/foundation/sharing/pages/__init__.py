"""Feeds, cards, share images, the sitemap and larger maps.

All but the map show what a visitor sees and nothing else, whoever asks, and say in their address in which language:
so any cache may keep them, and they set no cookie.
"""
