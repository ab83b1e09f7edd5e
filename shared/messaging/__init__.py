"""How messages travel: RabbitMQ, or its in-process twin on one machine. Nothing outside this room speaks AMQP."""
