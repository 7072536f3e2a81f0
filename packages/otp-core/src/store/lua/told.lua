-- Notes of which events word has been left; a record that is gone stays so.
-- KEYS  1 the verification
-- ARGV  fields `told:...`
if redis.call('EXISTS', KEYS[1]) == 0 then return end
for _, field in ipairs(ARGV) do redis.call('HSET', KEYS[1], field, 1) end
