{{ expected_outcomes('int_trials_windowed') }}
