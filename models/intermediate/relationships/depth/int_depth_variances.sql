{{ outcome_variances('int_depth_landmarks', 'int_depth_expectations') }}
