-- Claims an idempotency key for one request, or tells what became of the request that has it. What is kept is one
-- string: `running <fingerprint> <owner>` while its lock lives, then `done <fingerprint> <sealed answer>`.
-- KEYS  1 the request
-- ARGV  1 fingerprint   2 owner   3 life of the lock in ms; 0 to claim nothing and only look
-- Gives { 'new' } or { 'conflict' } or { 'in_progress' } or { 'replay', sealed answer }
local state, fingerprint, sealed = string.match(redis.call('GET', KEYS[1]) or '', '^(%S+) (%S+) (%S+)$')
if not state then
  if tonumber(ARGV[3]) > 0 then
    redis.call('SET', KEYS[1], 'running ' .. ARGV[1] .. ' ' .. ARGV[2], 'PX', ARGV[3])
  end
  return { 'new' }
end
if fingerprint ~= ARGV[1] then return { 'conflict' } end
if state == 'running' then return { 'in_progress' } end
return { 'replay', sealed }
