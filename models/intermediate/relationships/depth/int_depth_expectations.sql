{{ expected_outcomes('int_depth_landmarks', credits='int_depth_credits') }}
