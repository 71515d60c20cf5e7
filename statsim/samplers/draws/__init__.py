"""What a sampler gives back: draws by chain, independent or weighted, with what can be said about them."""
