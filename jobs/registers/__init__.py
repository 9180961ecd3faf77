"""What every stage reads registers by: policy, references to persons, grades, benefits, means, evidence."""
