"""A provider that plays Stripe or Razorpay inside our own server: the embedded default, refused in production."""
