"""What the Region answers: published to the communes concerned, put into the questions and answers for all."""
