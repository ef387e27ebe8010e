{{ expected_outcomes('int_trials_windowed', credits='int_sourcing_credits') }}
