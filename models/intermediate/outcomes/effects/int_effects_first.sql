{{ partner_effects('int_trials_windowed', 'int_expectations_first') }}
