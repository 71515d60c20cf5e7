"""Methods that follow the gradient: NUTS, HMC, MALA, and the metric they learn."""
