{{ expected_outcomes('int_outcomes_adjusted') }}
