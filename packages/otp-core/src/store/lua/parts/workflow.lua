-- Uses: basics
-- The steps of a verification, and the deliveries that they and resends add.

-- One that was asked for has a gap, and the fingerprint of its request, '' without an Idempotency-Key. The gap before the
-- next resend doubles with each of them, up to four times the first.
local function add_delivery(key, now, channel, carrier, step, by, gap, fingerprint)
  local n = redis.call('HINCRBY', key, 'deliveries', 1)
  redis.call('HSET', key, n, table.concat({ channel, carrier, now, step, by }, ' '),
    n .. '.state', 'queued ' .. now .. ' 0 -')
  if gap then
    local asked = 0
    for i = 1, n do
      if words(redis.call('HGET', key, i))[5] ~= 'fallback' then asked = asked + 1 end
    end
    redis.call('HSET', key, 'resend_at', now + gap * math.min(2 ^ (asked - 1), 4))
    if fingerprint == '' then redis.call('HDEL', key, 'asked') else redis.call('HSET', key, 'asked', fingerprint) end
  end
  return n
end

-- The steps of a verification's workflow, each { channel, carrier, patience in ms }.
local function steps_of(plan)
  local steps = {}
  for step in string.gmatch(plan or '', '[^,]+') do steps[#steps + 1] = words(step) end
  return steps
end

-- What a resend by a channel does to the workflow: the step it belongs to, 0 if to none. One that is still ahead
-- counts as reached.
local function reach_step(key, channel)
  local fields = redis.call('HMGET', key, 'plan', 'step')
  local reached = tonumber(fields[2] or 1)
  for i, step in ipairs(steps_of(fields[1])) do
    if i >= reached and step[1] == channel then
      if i > reached then redis.call('HSET', key, 'step', i) end
      return i
    end
  end
  return 0
end
