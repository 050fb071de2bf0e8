"""The pages about notifications: deliveries, silences, and the record of who was notified of what."""
