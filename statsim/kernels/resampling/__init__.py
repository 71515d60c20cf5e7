"""Resampling: indices drawn so that each is expected n times its weight; one method per file, all unbiased and of order n."""
