{{ outcome_variances('int_trials_windowed', 'int_expectations_first') }}
