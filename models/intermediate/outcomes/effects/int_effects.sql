{{ partner_effects('int_outcomes_adjusted', 'int_expectations', 'int_effects_first') }}
