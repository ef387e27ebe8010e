{{ partner_effects(
    'int_trials_windowed', 'int_sourcing_expectations', credits='int_sourcing_credits'
) }}
