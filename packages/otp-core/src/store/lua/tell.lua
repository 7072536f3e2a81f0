-- Uses: basics, decisions
-- Tells of a refusal that was decided in another slot.
-- KEYS  1 what every name begins with, as in admit.lua
-- ARGV  1 policy   2 country   3 masked area
-- Gives 1 if it is news, else 0
return tell(KEYS[1], now_ms(), ARGV[1], ARGV[2], ARGV[3], 'enforce')
