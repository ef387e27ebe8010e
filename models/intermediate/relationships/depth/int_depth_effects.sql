{{ partner_effects(
    'int_depth_landmarks', 'int_depth_expectations', credits='int_depth_credits',
    variances='int_depth_variances'
) }}
