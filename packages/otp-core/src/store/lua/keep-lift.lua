-- Uses: basics, decisions
-- Keeps that an operator has lifted a limit.
-- KEYS  1 what every name begins with, as in admit.lua
-- ARGV  1 policy   2 country or ''   3 masked area or ''
keep_decision(KEYS[1], now_ms(), ARGV[1], ARGV[2], ARGV[3], 'lifted')
