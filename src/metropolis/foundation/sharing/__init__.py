"""What every public page offers to be shared by: feeds, cards to embed, share images, a sitemap, a larger map."""
