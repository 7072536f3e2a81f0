-- Uses: basics
-- The newest thousand decisions of an application, as a stream.
local function keep_decision(base, now, policy, country, mask, mode)
  redis.call('XADD', base .. 'decisions', 'MAXLEN', '~', 1000, '*', 'at', now, 'policy', policy, 'country', country,
    'to', mask, 'mode', mode)
  redis.call('PEXPIRE', base .. 'decisions', 30 * DAY_MS)
end

-- Those of a kind are told once a minute: a flood of them must not push the others out. Gives 1 if it is news, else 0.
local function tell(base, now, policy, country, mask, mode)
  local kind = table.concat({ base .. 'told', policy, country, mask, mode }, ':')
  if not redis.call('SET', kind, '', 'PX', MINUTE, 'NX') then return 0 end
  keep_decision(base, now, policy, country, mask, mode)
  return 1
end
